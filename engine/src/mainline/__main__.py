"""`python -m mainline`."""

from mainline.cli.main import main

raise SystemExit(main())
