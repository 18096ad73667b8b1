import { ActivitiesPage } from '@/features/activities/ActivitiesPage';

export default ActivitiesPage;
