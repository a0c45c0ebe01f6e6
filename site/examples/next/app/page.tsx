import { Basket } from './basket';

export default function Page() {
  return (
    <Basket>
      <form action="/order" method="post">
        <button className="button">Pay with Xaman</button>
      </form>
    </Basket>
  );
}
