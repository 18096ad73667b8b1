import { DecisionsPage } from '@/features/decisions/DecisionsPage';

export default DecisionsPage;
