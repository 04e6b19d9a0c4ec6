package dev.tessera.host.flight;

import java.util.concurrent.Executor;

/**
 * Who answers the streams.
 *
 * @param workers feed the DoGet streams and never block
 * @param fitters feed those that may have to compute for seconds before they start
 * @param exchanges run one DoExchange or DoPut call each; refuse what is too much
 */
record StreamThreads(Executor workers, Executor fitters, Executor exchanges) {}
