import { ManagementPage } from '@/features/management/ManagementPage';

export default ManagementPage;
