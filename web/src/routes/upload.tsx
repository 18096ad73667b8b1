import { UploadPage } from '@/features/imports/UploadPage';

export default UploadPage;
