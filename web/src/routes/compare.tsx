import { ComparePage } from '@/features/runs/ComparePage';

export default ComparePage;
