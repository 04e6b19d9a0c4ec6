package dev.tessera.api;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Documents and bounds one component of a configuration record. In YAML the component {@code
 * maxIterations} is written {@code max-iterations}.
 *
 * <p>Component types the host can fill: {@code int, long, double, boolean, String}, enums (written
 * in kebab-case), nested records, {@code List<T>} and {@code Map<String, T>} or {@code Map<Enum,
 * T>} of these (order kept). A rule over several components belongs in the record's compact
 * constructor: an {@link IllegalArgumentException} thrown there is shown to the user with the
 * step's key and line.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface ConfigKey {

  /** The marker for "no default: the user must give it". */
  String REQUIRED = "\0required";

  /** What the key means, in one sentence. */
  String value();

  /**
   * The default, as it would stand in YAML (for lists and records in flow style: {@code "[a, b]"},
   * {@code "{}"}).
   */
  String defaultValue() default REQUIRED;

  /** The unit: {@code "days"}, {@code "bytes"}; empty for a plain number or text. */
  String unit() default "";

  /** The smallest number allowed (numbers only; for a list, of each element). */
  double min() default Double.NEGATIVE_INFINITY;

  /** The largest number allowed (numbers only; for a list, of each element). */
  double max() default Double.POSITIVE_INFINITY;
}
