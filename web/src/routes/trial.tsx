import { TrialPage } from '@/features/trials/TrialPage';

export default TrialPage;
