import { LoyaltyPage } from '@/features/loyalty/LoyaltyPage';

export default LoyaltyPage;
