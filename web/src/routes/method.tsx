import { MethodPage } from '@/features/methods/MethodPage';

export default MethodPage;
