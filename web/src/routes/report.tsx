import { ReportPage } from '@/features/report/ReportPage';

export default ReportPage;
