import { ActivityPage } from '@/features/activities/ActivityPage';

export default ActivityPage;
