import { DeliveryPage } from '@/features/delivery/DeliveryPage';

export default DeliveryPage;
