import { SignInPage } from '@/features/session/SignInPage';

export default SignInPage;
