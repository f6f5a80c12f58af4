// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

/// Whether a pass shall ask for a new config commit. Asking costs a round trip to the remote, so
/// only the schedule and a webhook do; changes in the cluster do not.
public enum ConfigPoll {
  DUE,
  NOT_DUE
}
