import { NextResponse, type NextRequest } from 'next/server';
import { backend } from './backend';

export const config = { matcher: '/api/:path*' };

export function proxy({ nextUrl }: NextRequest) {
  return NextResponse.rewrite(new URL(nextUrl.pathname + nextUrl.search, backend));
}
