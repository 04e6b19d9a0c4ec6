package dev.tessera.plugin.nexturl;

/** What becomes of visits to urls that are not in the vocabulary. */
enum RareUrls {
  /** They are left out; a client who has no others has one unknown visit. */
  DROP,
  /** They share one token, which is learnt but never to be told. */
  UNKNOWN
}
