/** By the vectors that AWS publishes (aws-sig-v4-test-suite, and the example of its documentation). */
import { describe, expect, it } from 'vitest';
import { awsSignature } from '../../../src/act/retrain/cloud/aws-signature.ts';

const KEYS = {
  region: 'us-east-1',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  sessionToken: null,
};
const AT = Date.UTC(2015, 7, 30, 12, 36);
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('a request signed for AWS', () => {
  it.each([
    ['get-vanilla', 'GET', '/', {}, '', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      'GET',
      '/?Param2=value2&Param1=value1',
      {},
      '',
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    ['post-vanilla', 'POST', '/', {}, '', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
    [
      'post-x-www-form-urlencoded',
      'POST',
      '/',
      FORM,
      'Param1=value1',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ] as const)('%s', (_, method, path, headers, body, signature) => {
    const url = new URL(path, 'https://example.amazonaws.com');
    const signed = awsSignature({ method, url, headers, body }, KEYS, 'service', AT);
    const names = 'Content-Type' in headers ? 'content-type;host;x-amz-date' : 'host;x-amz-date';
    expect(signed).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    });
  });

  it('is that of the documentation', () => {
    const url = new URL('https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08');
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
    const { authorization } = awsSignature({ method: 'GET', url, headers, body: '' }, KEYS, 'iam', AT);
    expect(authorization).toMatch(/=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7$/);
  });

  it('holds the token of lent keys, signed with the rest', () => {
    const signed = awsSignature(
      { method: 'POST', url: new URL('https://x.amazonaws.com/'), headers: {}, body: '' },
      { ...KEYS, sessionToken: 'lent' },
      'service',
      AT,
    );
    expect(signed['x-amz-security-token']).toBe('lent');
    expect(signed['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,');
  });
});
