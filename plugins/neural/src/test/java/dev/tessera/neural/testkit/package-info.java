/** What the tests of the sequence models share; not part of any plugin. */
package dev.tessera.neural.testkit;
