// SPDX-License-Identifier: Apache-2.0
package io.gitlb;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// Lets every option `--x-y` be given as the environment variable `GITLB_X_Y`; the option itself
/// wins.
final class EnvironmentDefaults implements IDefaultValueProvider {

  /// Variable → value.
  private final Map<String, String> environment;

  EnvironmentDefaults(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /// The variable's value, or null, as picocli wants it, to go on with the option's own default.
  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)) {
      return null;
    }
    return Arrays.stream(option.names())
        .filter(name -> name.startsWith("--"))
        .map(EnvironmentDefaults::variable)
        .filter(environment::containsKey)
        .findFirst()
        .map(environment::get)
        .orElse(null);
  }

  private static String variable(String optionName) {
    return "GITLB_" + optionName.substring(2).toUpperCase(Locale.ROOT).replace('-', '_');
  }
}
