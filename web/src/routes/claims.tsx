import { ClaimsPage } from '@/features/claims/ClaimsPage';

export default ClaimsPage;
