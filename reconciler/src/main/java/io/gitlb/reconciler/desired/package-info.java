// SPDX-License-Identifier: Apache-2.0
/// From definitions, ledger and cluster view to the desired state of every node. Pure.
@NullMarked
package io.gitlb.reconciler.desired;

import org.jspecify.annotations.NullMarked;
