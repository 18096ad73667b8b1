import { AdministrationPage } from '@/features/administration/AdministrationPage';

export default AdministrationPage;
