/** What all who write folders aside and rename them share: marks, versions, locks, digests. */
package dev.tessera.host.files;
