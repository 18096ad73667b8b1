import { PortfolioPage } from '@/features/portfolio/PortfolioPage';

export default PortfolioPage;
