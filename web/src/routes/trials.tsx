import { TrialsPage } from '@/features/trials/TrialsPage';

export default TrialsPage;
