// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.yaml;

import java.util.Arrays;
import java.util.Optional;

/// The `apiVersion`s that are read.
enum ApiVersion {
  METALLB_V1BETA1("metallb.io/v1beta1"),
  METALLB_V1BETA2("metallb.io/v1beta2"),
  GITLB_V1("gitlb.io/v1");

  private final String text;

  ApiVersion(String text) {
    this.text = text;
  }

  static Optional<ApiVersion> of(String text) {
    return Arrays.stream(values()).filter(version -> version.text.equals(text)).findFirst();
  }

  /// As documents write it.
  @Override
  public String toString() {
    return text;
  }
}
