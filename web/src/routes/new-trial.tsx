import { NewTrialPage } from '@/features/trials/NewTrialPage';

export default NewTrialPage;
