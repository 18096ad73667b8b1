import { ImportPage } from '@/features/imports/ImportPage';

export default ImportPage;
