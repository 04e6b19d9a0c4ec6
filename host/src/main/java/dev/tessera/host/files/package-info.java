/** What all who write folders aside and rename them share. */
package dev.tessera.host.files;
