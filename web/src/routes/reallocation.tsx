import { ReallocationPage } from '@/features/reallocation/ReallocationPage';

export default ReallocationPage;
