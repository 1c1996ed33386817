#include "tests/support/temporary_folder.h"
