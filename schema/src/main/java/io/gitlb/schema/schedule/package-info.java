// SPDX-License-Identifier: Apache-2.0
/// When change windows are open. Pure computation; the only place here that knows Quartz, and of
/// Quartz its cron expressions only.
@NullMarked
package io.gitlb.schema.schedule;

import org.jspecify.annotations.NullMarked;
