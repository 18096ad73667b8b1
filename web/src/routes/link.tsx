import { LinkPage } from '@/features/link/LinkPage';

export default LinkPage;
