import { cookies } from 'next/headers';
import { Payment } from './payment';

export default async function Page({ params }: { params: Promise<{ uuid: string }> }) {
  const { uuid } = await params;
  const known = (await cookies()).get('request')?.value;
  return <Payment {...(known ? JSON.parse(known) : { uuid })} />;
}
