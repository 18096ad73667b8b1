// What may the person who is signed in do?

import { session } from '@/api/queries';
import { useQuery } from '@tanstack/react-query';

export type Permission =
  | 'see_overview'
  | 'see_customers'
  | 'see_customer_details'
  | 'decide'
  | 'import'
  | 'analyze'
  | 'export'
  | 'administer'
  | 'see_audit'
  | 'erase'
  | 'see_methods';

export function useMay(): (permission: Permission) => boolean {
  const { data } = useQuery(session());
  return (permission) => data?.permissions.includes(permission) ?? false;
}
