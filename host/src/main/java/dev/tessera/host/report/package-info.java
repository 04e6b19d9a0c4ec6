/**
 * A run as one HTML file that needs nothing else: Java finds the figures and writes them as JSON
 * into a page whose script draws them.
 */
package dev.tessera.host.report;
