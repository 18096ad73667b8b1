import { OpeningHoursPage } from '@/features/openingHours/OpeningHoursPage';

export default OpeningHoursPage;
