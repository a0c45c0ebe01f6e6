import { NextResponse, type NextRequest } from 'next/server';
import { backend, passedOn } from './backend';

export const config = { matcher: '/api/:path*' };

export function proxy({ headers, nextUrl }: NextRequest) {
  const request = { headers: passedOn(headers) };
  return NextResponse.rewrite(new URL(nextUrl.pathname + nextUrl.search, backend), { request });
}
