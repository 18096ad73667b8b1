import { CustomerPage } from '@/features/customer/CustomerPage';

export default CustomerPage;
