// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

/// Whether a fake answers.
enum Availability {
  THERE,
  AWAY
}
