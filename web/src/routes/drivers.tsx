import { DriversPage } from '@/features/drivers/DriversPage';

export default DriversPage;
