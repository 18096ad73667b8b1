import { SetUpPage } from '@/features/session/SetUpPage';

export default SetUpPage;
