import { IncidentsPage } from '@/features/incidents/IncidentsPage';

export default IncidentsPage;
