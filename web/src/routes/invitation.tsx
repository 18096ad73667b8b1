import { InvitationPage } from '@/features/session/InvitationPage';

export default InvitationPage;
