// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The load balancer classes whose Services are ours.
///
/// @param names values of `spec.loadBalancerClass`; the empty one stands for Services without a
///   class
public record LoadBalancerClasses(SortedSet<String> names) {

  /// Only Services without a class.
  public static final LoadBalancerClasses UNCLASSED =
      new LoadBalancerClasses(Collections.unmodifiableSortedSet(new TreeSet<>(List.of(""))));

  /// What the API server lets a class be: a label key, `example.com/name` or `name`.
  private static final Pattern NAME =
      Pattern.compile("(?:([^/]*)/)?([A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)");

  private static final Pattern PREFIX =
      Pattern.compile(
          "(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

  public LoadBalancerClasses {
    names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  /// Reads what was given on the command line.
  ///
  /// @param texts each one name or several with commas between; none at all means [#UNCLASSED]
  /// @param problems is told every duplicate and every name that no Service could have
  /// @return the good ones
  public static LoadBalancerClasses parse(List<String> texts, Consumer<String> problems) {
    if (texts.isEmpty()) {
      return UNCLASSED;
    }
    SortedSet<String> names = new TreeSet<>();
    for (String text : texts) {
      for (String part : text.split(",", -1)) {
        String name = part.strip();
        if (!name.isEmpty() && !isName(name)) {
          problems.accept(
              "--load-balancer-class '"
                  + name
                  + "' is not a class: use NAME or DOMAIN/NAME, as in example.com/internal");
        } else if (!names.add(name)) {
          problems.accept(
              name.isEmpty()
                  ? "--load-balancer-class has the empty name, for Services without a class, twice"
                  : "--load-balancer-class has '" + name + "' twice");
        }
      }
    }
    return new LoadBalancerClasses(names);
  }

  private static boolean isName(String text) {
    Matcher matcher = NAME.matcher(text);
    return matcher.matches()
        && (matcher.group(1) == null || PREFIX.matcher(matcher.group(1)).matches());
  }

  /// Whether a Service of this class is ours.
  boolean include(@Nullable String loadBalancerClass) {
    return names.contains(loadBalancerClass == null ? "" : loadBalancerClass);
  }
}
