import { RunsPage } from '@/features/runs/RunsPage';

export default RunsPage;
