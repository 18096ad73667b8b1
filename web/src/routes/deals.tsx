import { DealsPage } from '@/features/deals/DealsPage';

export default DealsPage;
