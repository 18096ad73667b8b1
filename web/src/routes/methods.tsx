import { MethodsPage } from '@/features/methods/MethodsPage';

export default MethodsPage;
