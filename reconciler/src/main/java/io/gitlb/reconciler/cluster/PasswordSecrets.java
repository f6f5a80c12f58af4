// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.cluster;

import io.gitlb.schema.value.Password;
import io.gitlb.schema.value.SnapshotMap;

/// The passwords of BGP peers: of the Secrets of one namespace those that are meant for that.
public sealed interface PasswordSecrets {

  /// The type that such a Secret has, as in MetalLB.
  String TYPE = "kubernetes.io/basic-auth";

  /// What the Secret of that name holds.
  Content of(String name);

  /// A password or none. Text forms show no password.
  sealed interface Content {

    record Usable(Password password) implements Content {}

    /// @param why for people, one line
    record Unusable(String why) implements Content {}
  }

  /// They are known.
  ///
  /// @param namespace whose they are
  /// @param byName Secret → what it holds (1:1)
  record Known(String namespace, SnapshotMap<String, Content> byName) implements PasswordSecrets {

    @Override
    public Content of(String name) {
      return byName
          .find(name)
          .orElseGet(
              () ->
                  new Content.Unusable(
                      "there is no Secret %s of the type %s in the namespace %s"
                          .formatted(name, TYPE, namespace)));
    }
  }

  /// Nobody knows them.
  ///
  /// @param why for people, one line
  record Unknown(String why) implements PasswordSecrets {

    @Override
    public Content of(String name) {
      return new Content.Unusable("the Secret " + name + " is not known: " + why);
    }
  }
}
