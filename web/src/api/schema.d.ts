/**
 * Made by `npm run api` from crates/server/openapi.json. Not to be edited.
 */

export interface paths {
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Status"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SignIn"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/user": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["UserUpdate"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SetUp"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SessionView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/oidc": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    /** @description A page of ours to come back to */
                    return_to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description To the company's provider */
                303: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/oidc/callback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    state?: string;
                    code?: string;
                    error?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Signed in, back to the page */
                303: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_RunView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["RunCreate"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobRef"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description An id, its beginning, or `latest` */
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RunView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/runs/{a}/changes/{b}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    a: string;
                    b: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ChangesView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{word}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    run?: string;
                    lang?: string;
                };
                header?: never;
                path: {
                    /** @description `management` or the word of a capability */
                    word: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    run?: string;
                    lang?: string;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["FigureView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures/{key}/rows": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    run?: string;
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path: {
                    key: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["RowsView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/what-if": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    /** @description `reason=minutes`, several times; reasons not named stay as today */
                    minutes?: string[];
                    /** @description Minutes for every reason that is not named */
                    all?: number;
                    /** @description Share of saved time that can really be let go, 0..1 */
                    releasable?: number;
                    minute_cost?: number;
                    one_off?: number;
                    run?: string;
                    lang?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reallocation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    /** @description Money for all places; today's when left out */
                    money?: number;
                    /** @description Share of today's money to be saved, 0..1; when no money is said */
                    save?: number;
                    /** @description A place that nothing is taken from or given to, several times */
                    lock?: string[];
                    /** @description A must-have: nothing is taken from it */
                    keep?: string[];
                    /** @description Nothing is given to it */
                    cap?: string[];
                    /** @description `process=least..most`, either left out: money for all places of a process */
                    process?: string[];
                    run?: string;
                    lang?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PageView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    /** @description `column:op:value`; op eq, in, lt, le, gt, ge, contains, missing */
                    where?: string[];
                    /** @description Free text in name and id */
                    q?: string;
                    /** @description A column; `-` before it for the greatest first */
                    sort?: string;
                    limit?: number;
                    cursor?: string;
                    /** @description Begin after so many; not used where a cursor is given */
                    after?: number;
                    run?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOfCustomers"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/columns": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    lang?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CustomerColumn"][];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/scatter": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    x: string;
                    y: string;
                    color?: string;
                    where?: string[];
                    q?: string;
                    limit?: number;
                    run?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["Picture"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    run?: string;
                    lang?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CustomerView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: {
                    /** @description Do away with all earlier versions of the ledger too */
                    purge?: boolean;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ErasedView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/{id}/everything": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            [key: string]: unknown;
                        };
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    page?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_SavedView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SavedViewCreate"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SavedView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/views/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/decisions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    /** @description All when left out */
                    subject?: string;
                    customer_id?: string;
                    /** @description `standing` or `undone`; both when left out */
                    status?: string;
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_DecisionView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["DecisionCreate"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["DecisionMade"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/decisions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Undone; the diary keeps it */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/portfolio/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    run?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["CoverageView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_TrialView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TrialPlanView"];
                };
            };
            responses: {
                /** @description The arms are drawn and the plan stands */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TrialMade"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials/design": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TrialPlanView"];
                };
            };
            responses: {
                /** @description Nothing is changed */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TrialDesignView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_ImportView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["ImportCreate"];
                };
            };
            responses: {
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobRef"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Taken back by a new version of the ledger */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/imports/{id}/rejects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_RejectView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    state?: string;
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_JobView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["JobView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description `progress`, then `done` or `failed`; each carries the job */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/event-stream": unknown;
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/glossary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    lang?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_Term"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/methods": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    lang?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MethodName"][];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/methods/{word}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    lang?: string;
                };
                header?: never;
                path: {
                    word: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["MethodPage"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_PersonView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PersonCreate"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PersonView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PersonUpdate"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PersonView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/people/{id}/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["InvitationView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_TokenView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["TokenCreate"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["TokenMade"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/units": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_UnitView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: {
                    limit?: number;
                    cursor?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ListOf_AuditView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SettingsView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["SettingsUpdate"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["SettingsView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/uploads": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": components["schemas"]["UploadForm"];
                };
            };
            responses: {
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["UploadView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/proposal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["ProposalView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/uploads/{id}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": components["schemas"]["PreviewCreate"];
                };
            };
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": components["schemas"]["PreviewView"];
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{word}/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    /** @description pdf, xlsx, csv or parquet */
                    format: string;
                    /** @description For csv and parquet: which table; the figures when left out */
                    table?: string;
                    run?: string;
                    lang?: string;
                };
                header?: never;
                path: {
                    word: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/customers/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query: {
                    /** @description xlsx, csv or parquet */
                    format: string;
                    where?: string[];
                    q?: string;
                    sort?: string;
                    run?: string;
                    lang?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/octet-stream": unknown;
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/trials/{id}/arms": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Who gets the activity and who does not, as CSV */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": unknown;
                    };
                };
                /** @description A problem */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ActivityView: {
            id: string;
            name: string;
        };
        AnalysisUpdate: {
            /** Format: double */
            discount_rate?: number | null;
            /** Format: int32 */
            horizon_months?: number | null;
            /** Format: double */
            level?: number | null;
            /**
             * Format: double
             * @description `null` takes the assumption back; left out it stays.
             */
            assumed_margin_share?: number | null;
        };
        AnalysisView: {
            /** Format: double */
            discount_rate: number;
            /** Format: int32 */
            horizon_months: number;
            /** Format: double */
            level: number;
            /** Format: double */
            assumed_margin_share: number | null;
        };
        AuditView: {
            id: string;
            at: string;
            who: string;
            what: string;
            subject: string;
            /** @description `what` in the reader's words. */
            deed: string;
            /** @description Whom or what it was done to, by name where there is one. */
            about: string;
            text: string;
        };
        /** @description A doubt in words. */
        CautionView: {
            key: string;
            text: string;
        };
        /** @description One figure before and after. */
        Change: {
            key: string;
            label: string;
            unit: string;
            before: components["schemas"]["FigureView"] | null;
            after: components["schemas"]["FigureView"] | null;
            /**
             * Format: double
             * @description After less before, when both are told.
             */
            change: number | null;
            reasons: string[];
        };
        ChangesView: {
            items: components["schemas"]["Change"][];
            /** @description What is different about the runs as a whole. */
            reasons: string[];
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description What became of the rows bound for one table. */
        CountsView: {
            /** Format: int64 */
            read: number;
            /** Format: int64 */
            added: number;
            /** Format: int64 */
            replaced: number;
            /** Format: int64 */
            unchanged: number;
            /** Format: int64 */
            rejected: number;
            /** Format: int64 */
            left_out: number;
        };
        CoverageView: {
            /** Format: int64 */
            customers: number;
            /** Format: int64 */
            decided: number;
            /** Format: double */
            value_decided_share: number | null;
            by_stance: components["schemas"]["StanceCoverageView"][];
            /**
             * Format: int64
             * @description For `seen` of a decision.
             */
            number: number;
        };
        CustomerColumn: {
            key: string;
            label: string;
            unit: string;
            /** @description `text`, `word`, `number`, `date` or `flag`. */
            kind: string;
            filterable: boolean;
            sortable: boolean;
            /** @description The words that a column of kind `word` holds, when there are not too many. */
            words?: components["schemas"]["WordView"][] | null;
        };
        /** @description Everything about one customer. */
        CustomerView: {
            customer_id: string;
            customer: {
                [key: string]: unknown;
            };
            scores: components["schemas"]["FigureView"][];
            run: string | null;
            events: components["schemas"]["EventView"][];
            profit: components["schemas"]["StepView"][];
            value: components["schemas"]["FigureView"] | null;
            stance: components["schemas"]["StanceView"] | null;
            risks: components["schemas"]["RiskView"][];
        };
        DecisionCreate: {
            /** @description `portfolio`, `service_level`, `reallocation` or `activity`. */
            subject: string;
            customer_ids?: string[];
            /** @description Instead of ids: all that pass these conditions. */
            where?: string[];
            q?: string | null;
            /** @description Customers: `grow`, `refine` or `stop`. Activity: `continue`, `change`, `stop` or `test`. Others: none. */
            choice?: string;
            reason: string;
            /** @description Who does it, and by when (a date): needed for all but `portfolio`. */
            doer?: string | null;
            due?: string | null;
            /** @description `service_level`: `reason=minutes`, as in `/what-if`. */
            minutes?: string[];
            /** @description `reallocation`: the question that the plan answers, as `/reallocation` is asked. */
            plan?: components["schemas"]["PlanCreate"];
            /** @description `reallocation`: which of its moves; all when left out. */
            moves?: components["schemas"]["MoveCreate"][];
            activity_id?: string | null;
            loyalty_line?: components["schemas"]["LoyaltyLineView"];
            run?: string | null;
            /** @description Those that were looked at one by one. */
            reviewed?: string[];
            /**
             * Format: int64
             * @description `number` of the coverage when the customers were shown; refuses when somebody decided about them since.
             */
            seen?: number | null;
        };
        DecisionMade: {
            id: string;
            /** Format: int64 */
            count: number;
            undo_until: string | null;
        };
        DecisionView: {
            id: string;
            at: string;
            by: string;
            subject: string;
            choice: string;
            reason: string;
            /** Format: int64 */
            count: number;
            /** Format: int64 */
            reviewed: number;
            loyalty_line: components["schemas"]["LoyaltyLineView"];
            run: string | null;
            criteria: string | null;
            undo_until: string | null;
            undone: boolean;
            /** @description Told for decisions about few customers, as far as they may be seen. */
            customer_ids: string[];
            /** @description Who does it, and by when. */
            doer: string | null;
            due: string | null;
            /** @description `service_level`: minutes by reason, before and after. */
            minutes: components["schemas"]["MinutesView"][];
            /** @description `reallocation`: money moved, with what it was said to give. */
            moves: components["schemas"]["MoveView"][];
            activity: components["schemas"]["ActivityView"] | null;
            /** @description The figures that it rested on, as they were. */
            figures: components["schemas"]["RestedView"][];
        };
        /** @description Who takes part; what is null is asked of nobody. */
        EligibleView: {
            /** Format: int32 */
            bought_within_days: number | null;
            contract: boolean | null;
            company: boolean | null;
            units: string[];
        };
        /** @description What went when a customer was forgotten. */
        ErasedView: {
            /** Format: int64 */
            version: number;
            /** Format: int64 */
            runs: number;
            earlier_versions_hold_rows: boolean;
        };
        /** @description Something said, done or met. */
        EventView: {
            on: string;
            table: string;
            label: string;
            text: string;
            row: Record<string, never>;
        };
        /** @description A figure as it leaves the program, on every surface. */
        FigureView: {
            key: string;
            label: string;
            /** Format: double */
            value: number | null;
            /** Format: double */
            lower: number | null;
            /** Format: double */
            upper: number | null;
            /** Format: double */
            level: number | null;
            unit: string;
            /** Format: int64 */
            n: number;
            /** @description A to D, for effects. */
            grade: string | null;
            method: string;
            cautions: components["schemas"]["CautionView"][];
            as_of: string;
            run: string;
            definition: string;
            /** @description The value and the interval as a person writes them. */
            text: string;
            interval_text: string | null;
        };
        ImportCreate: {
            /** @description The id of an upload. */
            upload: string;
            mapping: string;
        };
        ImportView: {
            id: string;
            at: string;
            /** Format: int64 */
            version: number;
            files: string[];
            tables: {
                [key: string]: components["schemas"]["CountsView"];
            };
            /** @description Who asked for it; empty when it came from the terminal. */
            by: string;
            undone: boolean;
            /** @description Whether it is the one that can be taken back. */
            latest: boolean;
        };
        Invitation: {
            token: string;
            password: string;
        };
        InvitationView: {
            invitation: string;
        };
        JobProblem: {
            key: string;
            title: string;
            detail: string;
            /** Format: int32 */
            status: number;
        };
        /** @description A piece of long work that has been asked for. */
        JobRef: {
            job: string;
        };
        JobView: {
            id: string;
            kind: string;
            /** @description `queued`, `running`, `done` or `failed`. */
            state: string;
            progress: components["schemas"]["ProgressView"];
            result: {
                [key: string]: unknown;
            } | null;
            problem: components["schemas"]["JobProblem"] | null;
            created_at: string;
            ended_at: string | null;
        };
        /** @description A page of customers; each item has a value per column. */
        ListOfCustomers: {
            items: {
                [key: string]: unknown;
            }[];
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
            /** @description The run whose scores these are. */
            run: string | null;
        };
        /** @description A page of a list. */
        ListOf_AuditView: {
            items: components["schemas"]["AuditView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_DecisionView: {
            items: components["schemas"]["DecisionView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_ImportView: {
            items: components["schemas"]["ImportView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_JobView: {
            items: components["schemas"]["JobView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_PersonView: {
            items: components["schemas"]["PersonView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_RejectView: {
            items: components["schemas"]["RejectView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_RunView: {
            items: components["schemas"]["RunView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_SavedView: {
            items: components["schemas"]["SavedView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_Term: {
            items: components["schemas"]["Term"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_TokenView: {
            items: components["schemas"]["TokenView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_TrialView: {
            items: components["schemas"]["TrialView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        /** @description A page of a list. */
        ListOf_UnitView: {
            items: components["schemas"]["UnitView"][];
            /** @description Where the next page begins; null on the last. */
            next_cursor: string | null;
            /** Format: int64 */
            total: number | null;
        };
        LoyaltyLineView: {
            estimate?: string | null;
            unknown_signed?: boolean;
        };
        /** @description A method's page in the list of all. */
        MethodName: {
            word: string;
            title: string;
        };
        /** @description How a method works, for the reader of a figure. */
        MethodPage: {
            title: string;
            markdown: string;
        };
        MinutesView: {
            reason: string;
            /** Format: double */
            today: number;
            /** Format: double */
            then: number;
        };
        /** @description A capability that could not be computed, and what would allow it. */
        MissingView: {
            capability: string;
            title: string;
            needs: string;
        };
        /** @description A move of money by the names of its places; none is new or saved money. */
        MoveCreate: {
            from?: string | null;
            to?: string | null;
        };
        MoveView: {
            from: components["schemas"]["SpotView"] | null;
            to: components["schemas"]["SpotView"] | null;
            /** Format: double */
            released: number;
            /** Format: double */
            spent: number;
            /** Format: double */
            value_change: number;
            /** Format: double */
            survives: number;
        };
        /** @description A page: one capability's report, ready to be read. */
        PageView: {
            page: string;
            title: string;
            as_of: string;
            run: string;
            sentences: string[];
            figures: components["schemas"]["FigureView"][];
            tables: components["schemas"]["TableView"][];
            cautions: components["schemas"]["CautionView"][];
        };
        PersonCreate: {
            name: string;
            email: string;
            language?: string | null;
            roles?: string[];
            unit_ids?: string[];
            /** @description Without one the answer holds an invitation. */
            password?: string | null;
        };
        PersonUpdate: {
            name?: string | null;
            language?: string | null;
            roles?: string[] | null;
            unit_ids?: string[] | null;
            active?: boolean | null;
            /** Format: int64 */
            version: number;
        };
        PersonView: {
            id: string;
            name: string;
            email: string;
            language: string;
            roles: string[];
            unit_ids: string[];
            active: boolean;
            has_password: boolean;
            has_oidc: boolean;
            /** Format: int64 */
            version: number;
            /** @description The secret of a link that was made just now: `/invitation#<secret>`. */
            invitation?: string | null;
        };
        /** @description The points, column by column. */
        Picture: {
            x: number[];
            y: number[];
            color: unknown[];
            customer_id: string[];
            /** @description Customers with both numbers. */
            total: number;
            shown: number;
        };
        /** @description The question of a plan; see `/reallocation`. */
        PlanCreate: {
            /** Format: double */
            money?: number | null;
            /** Format: double */
            save?: number | null;
            lock?: string[];
            keep?: string[];
            cap?: string[];
            process?: string[];
        };
        PreviewCreate: {
            mapping: string;
        };
        PreviewTable: {
            table: string;
            columns: string[];
            rows: unknown[][];
            /** Format: int64 */
            read: number;
            /** Format: int64 */
            accepted: number;
            /** Format: int64 */
            rejected: number;
        };
        PreviewView: {
            tables: components["schemas"]["PreviewTable"][];
            rejects: components["schemas"]["RejectView"][];
            /** @description Whether some file is longer than what was looked at. */
            cut_short: boolean;
        };
        /** @description What whoever asked is told. */
        Problem: {
            /** @description `problem.<key>`. */
            type: string;
            title: string;
            /** Format: int32 */
            status: number;
            detail: string;
            /** @description The translation key of `detail`. */
            key: string;
            /** @description The id of the request, to tell an administrator. */
            request: string;
            /** @description What is to be corrected, by field of the request. */
            fields?: {
                [key: string]: string;
            };
        };
        ProgressView: {
            /** Format: int64 */
            done: number;
            /** Format: int64 */
            total: number;
            text: string;
        };
        ProposalView: {
            /** @description The mapping as the text of its file. */
            mapping: string;
            tables: components["schemas"]["ProposedTable"][];
        };
        ProposedColumn: {
            target: string;
            source: string | null;
            note: string | null;
            required: boolean;
        };
        ProposedTable: {
            file: string;
            /** @description Empty when no table was recognized. */
            table: string;
            /** @description All columns of the file. */
            headings: string[];
            columns: components["schemas"]["ProposedColumn"][];
            unmapped: string[];
        };
        RejectView: {
            table: string;
            file: string;
            /** Format: int64 */
            line: number;
            column: string | null;
            reason: string;
            /** @description The value, or the whole line. */
            text: string;
        };
        RestedView: {
            key: string;
            label: string;
            /** Format: double */
            value: number | null;
            /** Format: double */
            lower: number | null;
            /** Format: double */
            upper: number | null;
            unit: string;
            text: string;
            interval_text: string | null;
        };
        /** @description Something to look at; `severity` is `high` or `low`. */
        RiskView: {
            key: string;
            text: string;
            severity: string;
        };
        /** @description Ledger rows behind a figure. */
        RowsView: {
            columns: string[];
            /** @description The same in the reader's words. */
            headings: string[];
            rows: unknown[][];
            /** @description The question that the rows answer. */
            sql: string;
            /** Format: int64 */
            total: number | null;
            next_cursor: string | null;
        };
        RunCreate: {
            /** @description `YYYY-MM-DD`; the ledger's last day when left out. */
            as_of?: string | null;
            /** @description Capabilities by word; all when left out. */
            only?: string[];
            /** Format: int64 */
            seed?: number | null;
        };
        RunView: {
            id: string;
            as_of: string;
            made_at: string | null;
            /** Format: int64 */
            ledger_version: number;
            program_version: string;
            /** Format: int64 */
            seed: number;
            computed: string[];
            missing: components["schemas"]["MissingView"][];
            latest: boolean;
        };
        SavedView: {
            id: string;
            page: string;
            name: string;
            query: string;
            shared: boolean;
            mine: boolean;
        };
        SavedViewCreate: {
            page: string;
            name: string;
            query: string;
            shared?: boolean;
        };
        /** @description Who is signed in, and what changes must carry. */
        SessionView: {
            user: components["schemas"]["UserView"];
            /** @description For `X-CSRF-Token`; empty for a token, which needs none. */
            csrf: string;
            permissions: string[];
        };
        SetUp: {
            /** @description The secret of the link, after the `#`. */
            token: string;
            name: string;
            email: string;
            password: string;
        };
        SettingsUpdate: {
            company?: string | null;
            time_zone?: string | null;
            analysis?: components["schemas"]["AnalysisUpdate"];
            /** Format: int64 */
            version: number;
        };
        SettingsView: {
            company: string;
            currency: string;
            time_zone: string;
            /** Format: int64 */
            version: number;
            analysis: components["schemas"]["AnalysisView"];
        };
        SignIn: {
            email: string;
            password: string;
        };
        SpotView: {
            /** @description `minutes.<reason>` or `activity.<id>`. */
            id: string;
            name: string;
        };
        StanceCoverageView: {
            stance: string;
            /** Format: int64 */
            customers: number;
            /** Format: int64 */
            decided: number;
        };
        StanceView: {
            proposed: string | null;
            label: string | null;
            /** Format: double */
            probability: number | null;
            reasons: string[];
            decided: components["schemas"]["DecisionView"] | null;
        };
        /** @description What anybody may know. */
        Status: {
            version: string;
            company: string;
            currency: string;
            languages: string[];
            setup_needed: boolean;
            oidc_enabled: boolean;
            /** Format: int64 */
            runs: number;
        };
        /** @description A step of the profit's waterfall; `kind` is `total` or `change`. */
        StepView: {
            key: string;
            label: string;
            /** Format: double */
            amount: number;
            text: string;
            kind: string;
        };
        /** @description A table with translated headings; `rows` keep the numbers, `cells` are the same rows as a person reads them. */
        TableView: {
            key: string;
            title: string;
            headings: string[];
            /** @description `{key, unit}` per column. */
            columns: Record<string, never>[];
            rows: unknown[][];
            /** @description Which columns hold numbers. */
            numeric: boolean[];
            cells: string[][];
        };
        /** @description One word of the trade. */
        Term: {
            term: string;
            sv: string;
            en: string;
            means: string;
        };
        TokenCreate: {
            name: string;
            scopes: string[];
            /**
             * Format: int32
             * @description Days until it ends; 90 when left out.
             */
            days?: number | null;
        };
        TokenMade: {
            id: string;
            /** @description Shown this once. */
            secret: string;
        };
        TokenView: {
            id: string;
            name: string;
            scopes: string[];
            made_at: string;
            expires_at: string | null;
            last_used_at: string | null;
            mine: boolean;
        };
        /** @description What a plan asks for, and what it can give; effects are in units of the outcome. */
        TrialDesignView: {
            /** Format: int64 */
            eligible: number;
            /** Format: double */
            mean: number;
            mean_text: string;
            /** Format: double */
            variance_removed: number;
            /** Format: double */
            likeness_within_units: number | null;
            /** Format: int64 */
            needed: number;
            /**
             * Format: int64
             * @description Customers when it is read once, and when it may be read at any time.
             */
            needed_once: number;
            /** Format: int64 */
            needed_any_time: number;
            /** Format: double */
            detectable: number | null;
            detectable_text: string | null;
            smallest_text: string;
            due_on: string;
            enough: boolean;
            /** @description Why it could not be drawn today. */
            obstacles: string[];
        };
        TrialEffect: {
            /** Format: double */
            value: number;
            /** Format: double */
            lower: number;
            /** Format: double */
            upper: number;
            unit: string;
            text: string;
            interval_text: string;
            after_cost_text: string | null;
        };
        /** @description A trial that was drawn. */
        TrialMade: {
            trial_id: string;
        };
        /** @description A trial as it is written down beforehand. */
        TrialPlanView: {
            /** @description Small letters, digits and hyphens. */
            trial_id: string;
            activity_id: string;
            /** @description What shall be known, in the company's own words. */
            question: string;
            /** @description `bought`, `orders`, `net`, `contribution` or `stayed`. */
            outcome: string;
            /** Format: int32 */
            window_days: number;
            /** @description The day of the draw, `YYYY-MM-DD`. */
            drawn_on: string;
            /** Format: double */
            share_treated: number;
            /** @description Draw whole units instead of customers. */
            by_unit: boolean;
            /** @description `once` or `any_time`. */
            looks: string;
            /**
             * Format: double
             * @description In units of the outcome; a share is 0..1.
             */
            smallest_effect: number;
            /** Format: double */
            level: number;
            /** Format: double */
            power: number;
            /** Format: double */
            cost_per_customer: number;
            /** Format: int64 */
            seed: number;
            /** @description A standing hold-out: its controls are left out of every other draw. */
            standing: boolean;
            eligible: components["schemas"]["EligibleView"];
        };
        /** @description What may be said on the ledger's last day. */
        TrialToday: {
            as_of: string;
            /** Format: int64 */
            days_left: number;
            /** @description `works`, `harms`, `no_effect`, `cannot_tell`, `running` or `broken`. */
            verdict: string;
            verdict_text: string;
            sentence: string;
            /** Format: int64 */
            treated: number;
            /** Format: int64 */
            control: number;
            /**
             * Format: double
             * @description How likely arms so unlike those drawn are by chance.
             */
            sample_ratio_p: number | null;
            effect: components["schemas"]["TrialEffect"] | null;
            cautions: string[];
        };
        TrialView: {
            plan: components["schemas"]["TrialPlanView"];
            due_on: string;
            /**
             * Format: int64
             * @description Customers drawn into each arm, and how many of them are forgotten since.
             */
            treated: number;
            /** Format: int64 */
            control: number;
            /** Format: int64 */
            forgotten: number;
            /** @description The hash of the plan that the arms bear. */
            mark: string;
            today: components["schemas"]["TrialToday"];
        };
        UnitView: {
            id: string;
            name: string;
            kind: string;
            parent_id: string | null;
        };
        UploadFileView: {
            name: string;
            /** Format: int64 */
            size: number;
            table_guess: string | null;
        };
        /** @description What a form of files looks like. */
        UploadForm: {
            files: string[];
        };
        UploadView: {
            id: string;
            files: components["schemas"]["UploadFileView"][];
        };
        UserUpdate: {
            language?: string | null;
            name?: string | null;
            /** @description A new password; needs the present one. */
            password?: string | null;
            present_password?: string | null;
        };
        UserView: {
            id: string;
            name: string;
            email: string;
            roles: string[];
            unit_ids: string[];
            language: string;
        };
        WordView: {
            value: string;
            label: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
