import { GlossaryPage } from '@/features/methods/GlossaryPage';

export default GlossaryPage;
