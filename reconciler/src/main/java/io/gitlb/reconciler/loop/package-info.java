// SPDX-License-Identifier: Apache-2.0
/// One reconcile pass: read, plan, commit, write status, push. The ports that the adapters
/// implement are here, in domain words; each takes or gives whole sets.
@NullMarked
package io.gitlb.reconciler.loop;

import org.jspecify.annotations.NullMarked;
