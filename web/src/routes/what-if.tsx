import { WhatIfPage } from '@/features/whatif/WhatIfPage';

export default WhatIfPage;
